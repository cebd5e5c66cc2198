import { useState } from 'react';
import type { ModelFileInfo } from '../../../../../shared/domain';
import { counted, formatCount, useBytes } from '../../../lib/format';
import { Button } from '../../../widgets/button';
import { NameText } from '../../../widgets/name-text';

const shownFirst = 8;
/** A model of more files than this is looked at in its manifest. */
const shownAtMost = 500;

export function FileList({ files }: { readonly files: readonly ModelFileInfo[] }) {
  const bytes = useBytes();
  const [all, setAll] = useState(false);
  const shown = files.slice(0, all ? shownAtMost : shownFirst);
  const rest = files.length - shown.length;
  return (
    <section className="insp-section">
      <h3>{counted(files.length, 'file')}</h3>
      <ul className="models-files">
        {shown.map((file) => (
          <li key={file.path} title={file.sha256 ? `SHA-256 ${file.sha256}` : 'not hashed yet'}>
            <NameText name={file.path} mono />
            <span className="num">{bytes(file.size)}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && !all ? (
        <Button size="small" tone="quiet" onPress={() => setAll(true)}>
          Show {formatCount(rest)} more
        </Button>
      ) : null}
      {rest > 0 && all ? (
        <p className="muted">and {formatCount(rest)} more, in the manifest</p>
      ) : null}
    </section>
  );
}
