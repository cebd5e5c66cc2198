import { Boxes, FolderOpen } from 'lucide-react';
import { useQuery } from '../../client';
import { counted, formatCount, formatShare, useBytes } from '../../lib/format';
import { useFingerprinting } from '../../state/jobs';
import { useNavigation } from '../../state/navigation';
import { openFiles, openFolders, openSamples } from '../../state/opening';
import { useModels, useSources } from '../../state/sources';
import { Button } from '../../widgets/button';
import { Card, Kpi, Kpis } from '../../widgets/card';
import { EmptyState, Skeleton } from '../../widgets/empty-state';
import { InspectorPortal, TopActions } from '../../widgets/slots';
import { Term } from '../../widgets/term';
import { problemSummary } from '../problems/problem-text';
import { ModelsInspector } from './inspector';
import { ModelsTable } from './models-table';
import './models.css';

export function ModelsScreen() {
  const { models, loaded } = useModels();
  const scanning = useSources().some((source) => source.state === 'scanning');
  return (
    <div className="screen">
      <TopActions>
        <Button
          icon={<FolderOpen size={14} aria-hidden="true" />}
          onPress={() => void openFolders()}
        >
          Open…
        </Button>
      </TopActions>
      {models.length > 0 ? (
        <>
          <ModelKpis />
          <ModelsTable />
          <InspectorPortal>
            <ModelsInspector />
          </InspectorPortal>
        </>
      ) : (
        <Card title="Models" fill>
          {!loaded || scanning ? <Skeleton lines={9} /> : <NoModels />}
        </Card>
      )}
    </div>
  );
}

function NoModels() {
  return (
    <EmptyState
      icon={<Boxes size={22} />}
      title="No models are open"
      actions={
        <>
          <Button tone="primary" onPress={() => void openFolders()}>
            Open folder…
          </Button>
          <Button onPress={() => void openFiles()}>Open file…</Button>
          <Button tone="quiet" onPress={() => void openSamples()}>
            Open sample models
          </Button>
        </>
      }
    >
      Open a folder that holds models, or drop it on this window. They are listed at once; what they
      share follows while you look around.
    </EmptyState>
  );
}

function ModelKpis() {
  const bytes = useBytes();
  const { totals } = useModels();
  const go = useNavigation((state) => state.go);
  const problems = useQuery('problems.list', {}).data ?? [];
  const fingerprinting = useFingerprinting();
  const waiting = fingerprinting ? 'being fingerprinted' : 'not fingerprinted';
  const unknown = fingerprinting ? 'pending' : '–';
  if (!totals) return null;
  const known = totals.fingerprintedBytes > 0;
  const saved = totals.fingerprintedBytes - totals.uniqueBytes;
  const soFar = totals.pendingModels > 0 ? `, ${formatCount(totals.pendingModels)} pending` : '';
  return (
    <Kpis label="Everything open">
      <Kpi
        label="On disk now"
        value={bytes(totals.logicalBytes)}
        note={`${counted(totals.models, 'model')}, ${counted(totals.files, 'file')}`}
      />
      <Kpi
        label={<Term term="elsewhere" />}
        value={known ? bytes(saved) : unknown}
        note={
          known
            ? soFar
              ? `so far${soFar}`
              : `${formatShare(saved, totals.fingerprintedBytes)} of the bytes`
            : waiting
        }
      />
      <Kpi
        label={<Term term="stored-once" />}
        value={known ? bytes(totals.uniqueBytes) : unknown}
        note={
          known
            ? soFar
              ? `of ${bytes(totals.fingerprintedBytes)} read so far`
              : `${formatShare(saved, totals.fingerprintedBytes)} less, bit for bit`
            : waiting
        }
      />
      <Kpi
        label="Problems"
        tone={problems.length > 0 ? 'warn' : 'plain'}
        value={formatCount(problems.length)}
        note={
          problems.length > 0 ? (
            <button
              type="button"
              className="models-problems"
              onClick={() => go({ screen: 'problems' })}
            >
              {problemSummary(problems, 1)}
            </button>
          ) : (
            'every file could be read'
          )
        }
      />
    </Kpis>
  );
}
