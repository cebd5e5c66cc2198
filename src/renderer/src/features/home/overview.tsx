import type { Totals } from '../../../../shared/domain';
import { counted, formatShare, useBytes } from '../../lib/format';
import { useFingerprinting } from '../../state/jobs';
import { useNavigation } from '../../state/navigation';
import { Button } from '../../widgets/button';
import { Kpi, Kpis } from '../../widgets/card';
import { Term } from '../../widgets/term';
import { savingsVerdict } from './verdict';

/** Total and possible savings over everything open. */
export function Overview({ totals }: { readonly totals: Totals }) {
  const bytes = useBytes();
  const go = useNavigation((state) => state.go);
  const fingerprinting = useFingerprinting();
  const unknown = fingerprinting ? 'pending' : '–';
  const saved = totals.fingerprintedBytes - totals.uniqueBytes;
  const known = totals.fingerprintedBytes > 0;
  const partly = totals.pendingModels > 0;
  return (
    <>
      <div className="home-verdict">
        <div>
          <h2 className="home-title">{savingsVerdict(totals, bytes)}</h2>
          <p className="home-sub">
            {counted(totals.models, 'model')}, {counted(totals.files, 'file')},{' '}
            {counted(totals.tensors, 'tensor')}
            {partly ? ` · ${counted(totals.pendingModels, 'model')} still pending` : ''}
          </p>
        </div>
        <div className="home-verdict-buttons">
          <Button tone="primary" onPress={() => go({ screen: 'models' })}>
            Show models
          </Button>
          <Button onPress={() => go({ screen: 'savings' })}>Show savings</Button>
        </div>
      </div>
      <Kpis label="Everything open">
        <Kpi
          label="On disk now"
          value={bytes(totals.logicalBytes)}
          note={`${counted(totals.models, 'model')}, ${counted(totals.files, 'file')}`}
        />
        <Kpi
          label="Possible saving"
          value={known ? bytes(saved) : unknown}
          note={
            known
              ? `${formatShare(saved, totals.fingerprintedBytes)}, exact`
              : fingerprinting
                ? 'being computed'
                : 'not fingerprinted'
          }
        />
        <Kpi
          label={<Term term="stored-once" />}
          value={known ? bytes(totals.uniqueBytes) : unknown}
          note={
            partly && known ? `of ${bytes(totals.fingerprintedBytes)} read so far` : 'bit for bit'
          }
        />
        <Kpi
          label={<Term term="shared" />}
          value={known ? bytes(totals.sharedBytes) : unknown}
          note="in two or more models"
        />
      </Kpis>
    </>
  );
}
