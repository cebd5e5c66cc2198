import { FolderDown, LockKeyhole, Sparkles } from 'lucide-react';
import { showChord } from '../../lib/keys';
import { openFiles, openFolders, openSamples } from '../../state/opening';
import { useModels, useSources } from '../../state/sources';
import { Button } from '../../widgets/button';
import { OpenSources } from './open-sources';
import { Overview } from './overview';
import { Recents } from './recents';
import { Stores } from './stores';
import './home.css';

/** The first sight: what can be opened; once models are open, what they could save. */
export function HomeScreen() {
  const { models, totals } = useModels();
  const sources = useSources();
  const started = models.length > 0 || sources.length > 0;
  return (
    <div className="screen screen-scroll home">
      {started && totals ? <Overview totals={totals} /> : <Welcome />}
      <DropTarget small={started} />
      <div className="home-lists">
        {started ? <OpenSources sources={sources} /> : null}
        {started ? (
          <div className="home-stack">
            <Recents unopened />
            <Stores />
          </div>
        ) : (
          <>
            <Recents />
            <Stores />
          </>
        )}
      </div>
      <p className="home-promise">
        <LockKeyhole size={14} aria-hidden="true" />
        Nothing leaves this computer. Tessera has no network access, and opening never changes a
        file.
      </p>
    </div>
  );
}

function Welcome() {
  return (
    <div className="home-welcome">
      <h2 className="home-title">See what your models are made of, and what they share.</h2>
      <p className="home-sub">
        Open folders of models: Tessera lists every tensor, finds the bytes that models have in
        common, and tells what storing them once would save.
      </p>
    </div>
  );
}

function DropTarget({ small }: { readonly small: boolean }) {
  return (
    <section className={`home-drop ${small ? 'home-drop-small' : ''}`} aria-label="Open models">
      <div className="home-drop-icon">
        <FolderDown size={small ? 20 : 26} aria-hidden="true" />
      </div>
      <div className="home-drop-text">
        <p className="home-drop-title">Drop model folders or files anywhere in this window</p>
        <p className="muted">
          safetensors, GGUF, PyTorch, ONNX and NumPy are read tensor by tensor; every other file is
          counted as plain bytes.
        </p>
      </div>
      <div className="home-drop-buttons">
        <Button tone="primary" onPress={() => void openFolders()}>
          Open folder…
        </Button>
        <Button onPress={() => void openFiles()}>Open file…</Button>
        <Button
          tone={small ? 'quiet' : 'plain'}
          icon={<Sparkles size={14} aria-hidden="true" />}
          onPress={() => void openSamples()}
        >
          Open sample models
        </Button>
      </div>
      {small ? null : (
        <p className="home-drop-hint">
          <kbd>{showChord('Ctrl+Shift+P')}</kbd> finds every command, <kbd>?</kbd> shows the keys
        </p>
      )}
    </section>
  );
}
