import { gamma, logGamma } from './gamma';

/**
 * From few samples, an estimated distribution of bytes: plug-in frequencies of 32 samples would
 * make random mantissa bytes look compressible. Tensors of one kind are looked at together: each
 * one's distribution is thought to be drawn from one of a few Dirichlet priors around what is
 * common to all, or around uniform, loosely or tightly; how often each prior applies is learnt by
 * expectation maximisation (Minka, "Estimating a Dirichlet distribution", 2000; the effect on
 * entropies is that of Hausser and Strimmer, JMLR 10, 2009).
 */
export interface Shrinkage {
  /**
   * 256 probabilities for a tensor's counts of 256 values: drawn at random from what they may be,
   * because the entropy of the mean of all of them is higher than their mean entropy.
   */
  draw(counts: Float64Array, random: () => number): Float64Array;
}

interface Prior {
  readonly base: Float64Array;
  readonly strength: number;
  weight: number;
}

/** A prior so strong leaves nothing to the tensor's own samples. */
const RIGID = 1e6;
const STRENGTHS = [1, 8, 64, RIGID];
const ROUNDS = 8;
/** Tensors that the priors' weights are learnt from, at most. */
const LEARNT_FROM = 512;
/** With so many samples of its own, a tensor needs no prior. */
const MANY = 2048;

/** Learns from the counts (256 values each) of one plane of many tensors. */
export function learnShrinkage(all: readonly Float64Array[]): Shrinkage {
  const common = commonOf(all);
  const uniform = new Float64Array(256).fill(1 / 256);
  const priors: Prior[] = [
    ...STRENGTHS.map((strength) => ({ base: common, strength, weight: 1 / 5 })),
    { base: uniform, strength: RIGID, weight: 1 / 5 },
  ];
  const step = Math.max(1, Math.ceil(all.length / LEARNT_FROM));
  const learnt = all.filter((_, at) => at % step === 0);
  const logs = learnt.map((counts) => priors.map((prior) => logLikelihood(counts, prior)));
  for (let round = 0; round < ROUNDS; round++) {
    const sums = priors.map(() => 0.1);
    for (const log of logs) {
      for (const [at, share] of responsibilities(log, priors).entries()) {
        sums[at] = (sums[at] ?? 0) + share;
      }
    }
    const total = sums.reduce((sum, each) => sum + each, 0);
    for (const [at, prior] of priors.entries()) prior.weight = (sums[at] ?? 0) / total;
  }
  return { draw: (counts, random) => drawn(counts, priors, random) };
}

/** Mean of the tensors' frequencies, weighed by the root of their samples; nowhere 0. */
function commonOf(all: readonly Float64Array[]): Float64Array {
  const common = new Float64Array(256).fill(1 / 4096);
  for (const counts of all) {
    const scale = 1 / Math.sqrt(Math.max(1, sumOf(counts)));
    counts.forEach((count, value) => {
      common[value] = (common[value] ?? 0) + count * scale;
    });
  }
  const total = sumOf(common);
  return common.map((each) => (0.99 * each) / total + 0.01 / 256);
}

function drawn(counts: Float64Array, priors: readonly Prior[], random: () => number): Float64Array {
  const total = sumOf(counts);
  if (total >= MANY) return counts.map((count) => count / total);
  const logs = priors.map((prior) => logLikelihood(counts, prior));
  const { base, strength } = chosen(priors, responsibilities(logs, priors), random());
  if (strength >= RIGID) return base;
  const gammas = counts.map((count, value) =>
    gamma(count + strength * (base[value] as number), random),
  );
  const sum = sumOf(gammas);
  return gammas.map((each) => each / sum);
}

function chosen(priors: readonly Prior[], shares: readonly number[], target: number): Prior {
  let sum = 0;
  const at = shares.findIndex((share) => {
    sum += share;
    return sum > target;
  });
  return priors[at < 0 ? priors.length - 1 : at] as Prior;
}

function responsibilities(logs: readonly number[], priors: readonly Prior[]): number[] {
  const largest = Math.max(...logs);
  const raw = logs.map((log, at) => Math.exp(log - largest) * (priors[at]?.weight ?? 0));
  const total = raw.reduce((sum, each) => sum + each, 0);
  return raw.map((each) => each / total);
}

/** Of the counts under a Dirichlet-multinomial, without the multinomial coefficient. */
function logLikelihood(counts: Float64Array, { base, strength }: Prior): number {
  let log = logGamma(strength) - logGamma(strength + sumOf(counts));
  for (let value = 0; value < 256; value++) {
    const count = counts[value] as number;
    if (count === 0) continue;
    const prior = strength * (base[value] as number);
    log += logGamma(prior + count) - logGamma(prior);
  }
  return log;
}

export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  return sum;
}

export function countsOf(symbols: Uint8Array): Float64Array {
  const counts = new Float64Array(256);
  for (const symbol of symbols) counts[symbol] = (counts[symbol] as number) + 1;
  return counts;
}
