import type { CompareReport } from '../../../../shared/domain';
import { useAction } from '../../client';
import { formatCount, useBytes } from '../../lib/format';
import { visibleText } from '../../lib/hostile-text';
import { useToasts } from '../../state/toasts';
import { Button } from '../../widgets/button';
import { Term } from '../../widgets/term';
import { factsText, verdictOf } from './compare-text';
import type { Compared } from './compared';
import { totalsOf, wholeOf } from './status';
import { StatusBar, StatusLegend } from './status-bar';
import { useMeasuring } from './use-measuring';

interface VerdictProps {
  readonly compared: Compared;
  readonly reports: readonly CompareReport[];
}

/** The answer in a sentence, then as a bar. */
export function Verdict({ compared, reports }: VerdictProps) {
  const bytes = useBytes();
  const totals = totalsOf(reports.map((report) => report.groups));
  const facts = {
    models: reports.length,
    base: compared.nameOf(compared.comparison.a),
    tensors: wholeOf(totals).tensors,
    logicalBytes: compared.models.reduce((sum, model) => sum + model.logicalBytes, 0),
    renamed: reports.reduce((sum, report) => sum + report.renamed, 0),
  };
  return (
    <header className="cmp-verdict">
      <h2>{visibleText(verdictOf(reports, compared.nameOf))}</h2>
      <p className="cmp-facts">
        {factsText(facts, bytes)}
        <Unverified compared={compared} reports={reports} />
      </p>
      <StatusBar totals={totals} label="Bytes by status" />
      <div className="cmp-legend-line">
        <StatusLegend totals={totals} />
        <span className="cmp-hint" aria-hidden="true">
          <kbd>N</kbd> next difference <kbd>P</kbd> previous
        </span>
      </div>
    </header>
  );
}

/** How much is not measured yet, and a way to have it measured. */
function Unverified({ compared, reports }: VerdictProps) {
  const unverified = reports.reduce((sum, report) => sum + report.unverified, 0);
  const measuring = useMeasuring();
  const fail = useToasts((state) => state.fail);
  const measure = useAction('compare.verify', fail);
  if (unverified === 0) return null;
  const { a, b } = compared.comparison;
  return (
    <>
      {' · '}
      <span role="status">
        ~{formatCount(unverified)} <Term term="estimated" />
        {measuring ? ', being measured' : ''}
      </span>
      {measuring ? null : (
        <Button
          size="small"
          className="cmp-measure"
          isPending={measure.busy}
          onPress={() => void measure.run({ a, b: [...b] })}
        >
          Measure
        </Button>
      )}
    </>
  );
}
