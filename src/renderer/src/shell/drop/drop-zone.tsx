import { FolderDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { openDrop } from '../../state/opening';
import './drop-zone.css';

const holdsFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

/** The whole window takes files and folders; while some are held over it, it says so. */
export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const show = (next: number) => {
      depth = Math.max(0, next);
      setOver(depth > 0);
    };
    const enter = (event: DragEvent) => {
      if (holdsFiles(event)) show(depth + 1);
    };
    const leave = (event: DragEvent) => {
      if (holdsFiles(event)) show(depth - 1);
    };
    const hover = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = holdsFiles(event) ? 'copy' : 'none';
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      show(0);
      void openDrop([...(event.dataTransfer?.files ?? [])]);
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: hover, drop } as const;
    const all = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][];
    for (const [name, listener] of all) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of all) window.removeEventListener(name, listener);
    };
  }, []);
  if (!over) return null;
  return (
    <div className="drop-over" role="status">
      <div className="drop-card">
        <FolderDown size={28} aria-hidden="true" />
        <p className="drop-title">Drop to open</p>
        <p>Files or folders. They are read, never changed.</p>
      </div>
    </div>
  );
}
