import { it } from 'vitest';
import { defaultThresholds } from '../../../shared/domain';
import { familiesSteps } from './families';

it('scale', () => {
  const N = 1000,
    T = 200,
    F = 10;
  const models = Array.from({ length: N }, (_, i) => ({
    model: {
      id: String(i).padStart(16, '0') as any,
      name: `model-${i}`,
      tensors: Array.from({ length: T }, (_, t) => ({
        name: `model.layers.${t >> 3}.part${t & 7}.weight`,
        dtype: 'F32',
        shape: [64 + t, 64],
        byteLength: (64 + t) * 256,
        elements: (64 + t) * 64,
        digest: i * T + t,
        signed: i * T + t,
      })),
    },
    logicalBytes: 10_000_000,
    format: 'safetensors' as const,
    folder: '/m',
    facts: {},
    metadata: {},
  }));
  let calls = 0,
    cands = 0;
  const fam = (s: number) => Math.floor(Math.floor(s / T) / F);
  const input: any = {
    models,
    pending: [],
    thresholds: defaultThresholds,
    pairs: {
      relate: (a: number, b: number) => {
        calls++;
        const near = fam(a) === fam(b) && a % T === b % T;
        return {
          cast: false,
          transposed: false,
          metrics: {
            score: near ? 0.99 : 0,
            cosine: 0,
            relativeL2: 0,
            differingBits: 1,
            elementBits: 32,
            maxDifference: 0,
            deltaBytes: 100 + (Math.abs(a - b) % 97),
            verified: false,
          },
        };
      },
    },
    signatures: { size: N * T, get: () => undefined },
    partners: () => [],
    candidates: (s: number) => {
      cands++;
      const t = s % T,
        m = Math.floor(s / T),
        f = Math.floor(m / F) * F;
      return Array.from({ length: F }, (_, k) => (f + k) * T + t).filter((x) => x !== s);
    },
    rowCandidates: () => [],
  };
  const cpu0 = process.cpuUsage(); const t0 = performance.now();
  let longest = 0,
    last = t0,
    n = 0;
  const steps = familiesSteps(input);
  let r = steps.next();
  while (!r.done) {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    n++;
    r = steps.next();
  }
  console.log(
    'ms',
    performance.now() - t0,
    'families',
    r.value.families.length,
    'relations',
    calls,
    'candidates',
    cands,
    'cpu', process.cpuUsage(cpu0), 'longest step',
    longest,
    'steps',
    n,
  );
}, 60000);
