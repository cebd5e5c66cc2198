import { useEffect, useState } from 'react';
import { subscribe } from '../../client';

/** Milliseconds: rows on screen are read again at most this often while events come. */
const QUIET = 400;

/** Grows whenever what is known of pairs has changed: the rows must be read again. */
export function useRevision(): number {
  const [revision, setRevision] = useState(0);
  useEffect(() => {
    let due: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      due ??= setTimeout(() => {
        due = undefined;
        setRevision((now) => now + 1);
      }, QUIET);
    };
    const end = subscribe('similarity.changed', later);
    return () => {
      end();
      clearTimeout(due);
    };
  }, []);
  return revision;
}
