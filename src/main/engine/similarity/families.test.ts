import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FamiliesReport, Family, LineageEdge } from '../../../shared/domain';
import { type FamilyInput, familiesReport, familiesSteps } from './families';
import { FRAGMENT_BYTES, idOf, type WorldModel, worldOf } from './testing/families-world';
import { fineTune, type MadeTensor, madeModel } from './testing/made-models';
import { normalValues } from './testing/made-signatures';

function reportOf(input: FamilyInput): FamiliesReport {
  const steps = familiesSteps(input);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** `parent > child relation` of every edge, by name, in the report's order. */
function treeOf(report: FamiliesReport, input: FamilyInput): string[][] {
  const names = new Map(input.models.map(({ model }) => [model.id, model.name]));
  return report.families.map(({ edges }) =>
    edges.map(
      ({ parent, child, relation }) => `${names.get(parent)} > ${names.get(child)} ${relation}`,
    ),
  );
}

const aloneOf = (report: FamiliesReport, input: FamilyInput): string[] =>
  report.alone.map((id) => input.models.find(({ model }) => model.id === id)?.model.name ?? '');

function only<T>(list: readonly T[]): T {
  const [first, ...rest] = list;
  if (first === undefined || rest.length > 0) throw new Error(`expected one, found ${list.length}`);
  return first;
}

const edgeTo = (family: Family, name: string, folder = ''): LineageEdge =>
  only(family.edges.filter(({ child }) => child === idOf(`${folder}/${name}`)));

const mixed = (parts: readonly (readonly [readonly MadeTensor[], number])[]): MadeTensor[] => {
  const [first] = parts;
  return (first?.[0] ?? []).map((tensor, at) => ({
    ...tensor,
    values: tensor.values.map((_, i) =>
      parts.reduce((sum, [model, weight]) => sum + weight * (model[at]?.values[i] ?? 0), 0),
    ),
  }));
};

const base = madeModel(1, 'F32');

describe('families', () => {
  it('puts fine-tunes under their base and leaves a stranger of the same shapes alone', () => {
    const input = worldOf([
      { name: 'tuned-a', tensors: fineTune(base, 0.1, 'F32', 2) },
      { name: 'tuned-b', tensors: fineTune(base, 0.01, 'BF16', 3) },
      { name: 'tuned-c', tensors: fineTune(base, 0.05, 'F32', 4) },
      { name: 'origin', tensors: base },
      { name: 'stranger', tensors: madeModel(9, 'F32') },
    ]);
    const report = reportOf(input);
    expect(treeOf(report, input)).toEqual([
      ['origin > tuned-a fine-tune', 'origin > tuned-b fine-tune', 'origin > tuned-c fine-tune'],
    ]);
    expect(aloneOf(report, input)).toEqual(['stranger']);
    expect(only(report.families).edges.every(({ kind }) => kind === 'inferred')).toBe(true);
    const { evidence, deltaBytes } = edgeTo(only(report.families), 'tuned-a');
    expect(evidence.near.tensors).toBe(base.length);
    expect(evidence.sentence).toMatch(/^14 of 14 tensors near; .* changed most$/);
    expect(deltaBytes).toBeGreaterThan(0);
    expect(deltaBytes).toBeLessThan(evidence.near.bytes);
  });

  it('takes the widest dtype for the parent of its casts, which cost nothing', () => {
    const input = worldOf([
      { name: 'a-bf16', tensors: base.map((tensor) => ({ ...tensor, dtype: 'BF16' })) },
      { name: 'b-f16', tensors: base.map((tensor) => ({ ...tensor, dtype: 'F16' })) },
      { name: 'c-f32', tensors: base },
      { name: 'd-f32', tensors: base },
    ]);
    const report = reportOf(input);
    expect(treeOf(report, input)).toEqual([
      ['c-f32 > a-bf16 cast', 'c-f32 > b-f16 cast', 'c-f32 > d-f32 copy'],
    ]);
    for (const { deltaBytes } of only(report.families).edges) expect(deltaBytes).toBeLessThan(700);
    expect(edgeTo(only(report.families), 'a-bf16').evidence.sentence).toBe(
      '14 of 14 tensors cast; 32 → 16 bits per element',
    );
  });

  it('strings checkpoints of one run in the order of their steps', () => {
    const states = [base];
    for (let i = 1; i < 5; i++) states.push(fineTune(states[i - 1] ?? base, 0.2, 'F32', 20 + i));
    const input = worldOf(
      states.map((tensors, i) => ({
        name: `run-step-${[1000, 8000, 9000, 10_000, 20_000][i]}`,
        tensors,
      })),
    );
    const report = reportOf(input);
    expect(treeOf(report, input)).toEqual([
      [
        'run-step-1000 > run-step-8000 checkpoint',
        'run-step-8000 > run-step-9000 checkpoint',
        'run-step-9000 > run-step-10000 checkpoint',
        'run-step-10000 > run-step-20000 checkpoint',
      ],
    ]);
    expect(only(report.families).name).toBe('run');
    expect(edgeTo(only(report.families), 'run-step-10000').evidence.sentence).toContain(
      'step 9000 → 10000',
    );
  });

  it('binds far states of one run by name and values, but strangers not by name', () => {
    const far = fineTune(base, 1, 'F32', 5);
    const input = worldOf([
      { name: 'run-epoch-1', tensors: base },
      { name: 'run-epoch-90', tensors: far },
      { name: 'run-epoch-7', tensors: madeModel(33, 'F32') },
    ]);
    const report = reportOf(input);
    expect(treeOf(report, input)).toEqual([['run-epoch-1 > run-epoch-90 checkpoint']]);
    expect(aloneOf(report, input)).toEqual(['run-epoch-7']);
  });

  it('finds a base that is declared, by its place in a hub, and calls the family by it', () => {
    const folder = '/cache/models--acme--tiny/snapshots/0123';
    const input = worldOf([
      { name: 'tiny', folder, tensors: fineTune(base, 0.05, 'F32', 6) },
      { name: 'child', tensors: base, facts: { baseModel: 'acme/Tiny' } },
      { name: 'grandchild', tensors: fineTune(base, 0.02, 'F32', 7) },
    ]);
    const family = only(reportOf(input).families);
    expect(family.root).toBe(idOf(`${folder}/tiny`));
    expect(family.name).toBe('tiny');
    const edge = edgeTo(family, 'child');
    expect([edge.kind, edge.parent, edge.relation]).toEqual(['declared', family.root, 'fine-tune']);
    expect(edge.evidence.declared).toBe('base_model: acme/Tiny');
    expect(edgeTo(family, 'grandchild').kind).toBe('inferred');
  });

  it('takes no other owner’s model of the same name, and keeps the words', () => {
    const input = worldOf([
      {
        name: 'tiny',
        folder: '/cache/models--other--tiny/snapshots/0123',
        tensors: madeModel(8, 'F32'),
      },
      { name: 'child', tensors: base, facts: { baseModel: 'acme/tiny' } },
      { name: 'twin', tensors: base },
    ]);
    const report = reportOf(input);
    const family = only(report.families);
    expect(family.declaredBase).toBe('base_model: acme/tiny');
    expect(aloneOf(report, input)).toEqual(['tiny']);
  });

  it('finds the weights of a blend, and calls nothing else one', () => {
    const one = fineTune(base, 0.3, 'F32', 10);
    const two = fineTune(base, 0.3, 'F32', 11);
    const three = fineTune(base, 0.3, 'F32', 12);
    const input = worldOf([
      { name: 'base', tensors: base },
      { name: 'one', tensors: one },
      { name: 'two', tensors: two },
      { name: 'three', tensors: three },
      {
        name: 'z-mean',
        tensors: mixed([
          [one, 0.6],
          [two, 0.4],
        ]),
      },
      {
        name: 'z-soup',
        tensors: mixed([
          [one, 0.2],
          [two, 0.3],
          [three, 0.5],
        ]),
      },
    ]);
    const family = only(reportOf(input).families);
    expect(
      family.edges.filter(({ relation }) => relation === 'blend').map(({ child }) => child),
    ).toHaveLength(2);
    const weights = (name: string) =>
      edgeTo(family, name).evidence.blend?.map(({ modelId, weight }) => [
        modelId,
        Math.round(weight * 100) / 100,
      ]);
    expect(weights('z-mean')).toEqual([
      [idOf('/one'), 0.6],
      [idOf('/two'), 0.4],
    ]);
    expect(weights('z-soup')).toEqual([
      [idOf('/three'), 0.5],
      [idOf('/two'), 0.3],
      [idOf('/one'), 0.2],
    ]);
    expect(edgeTo(family, 'z-mean').evidence.sentence).toBe('0.60 × one + 0.40 × two');
    expect(family.root).toBe(idOf('/base'));
  });

  it('takes no state between two others for their blend', () => {
    const states = [base];
    for (let i = 1; i < 4; i++) states.push(fineTune(states[i - 1] ?? base, 0.2, 'F32', 60 + i));
    const input = worldOf(states.map((tensors, i) => ({ name: `s${i}`, tensors })));
    const { edges } = only(reportOf(input).families);
    expect(edges.map(({ relation }) => relation)).toEqual(['fine-tune', 'fine-tune', 'fine-tune']);
  });

  const adapterOf = (seed: number, layers: readonly string[]): MadeTensor[] =>
    layers.flatMap((layer, i) => {
      const [out = 0, input = 0] = base.find(({ name }) => name === `${layer}.weight`)?.shape ?? [];
      const factor = (suffix: string, shape: readonly number[], at: number): MadeTensor => ({
        name: `base_model.model.${layer}.${suffix}.weight`,
        dtype: 'F32',
        shape,
        values: normalValues(seed + 10 * i + at, (shape[0] ?? 0) * (shape[1] ?? 0)),
      });
      return [factor('lora_A', [4, input], 0), factor('lora_B', [out, 4], 1)];
    });
  const adapted = [
    '0.self_attn.q_proj',
    '1.self_attn.q_proj',
    '0.mlp.up_proj',
    '1.mlp.down_proj',
  ].map((part) => `model.layers.${part}`);

  it('links an adapter to the eldest model whose layers it fits, and to no other network', () => {
    const other = madeModel(7, 'F32').map((tensor) => ({
      ...tensor,
      name: tensor.name.replace('self_attn', 'attention').replace('mlp', 'ffn'),
    }));
    const input = worldOf([
      { name: 'a-tuned', tensors: fineTune(base, 0.1, 'F32', 2) },
      { name: 'b-tuned', tensors: fineTune(base, 0.1, 'F32', 3) },
      { name: 'm-base', tensors: base },
      { name: 'lora', tensors: adapterOf(500, adapted) },
      { name: 'other', tensors: other },
    ]);
    const report = reportOf(input);
    const family = only(report.families);
    expect(treeOf(report, input)).toEqual([
      ['m-base > a-tuned fine-tune', 'm-base > b-tuned fine-tune', 'm-base > lora adapter'],
    ]);
    const { evidence } = edgeTo(family, 'lora');
    expect(evidence.fitting).toEqual({ fit: 4, of: 4 });
    expect(evidence.sentence).toBe('4 of 4 adapter layers fit');
    expect(aloneOf(report, input)).toEqual(['other']);
  });

  it('lets an adapter follow its files, and its own later states follow it', () => {
    const lora = adapterOf(600, adapted);
    const facts = { baseModel: 'a-tuned' };
    const input = worldOf([
      { name: 'a-tuned', tensors: fineTune(base, 0.1, 'F32', 2) },
      { name: 'm-base', tensors: base },
      { name: 'lora-step-2', tensors: fineTune(lora, 0.05, 'F32', 1), facts },
      { name: 'lora-step-1', tensors: lora, facts },
    ]);
    const report = reportOf(input);
    const edges = new Map(only(report.families).edges.map((edge) => [edge.child, edge]));
    const first = edges.get(idOf('/lora-step-1'));
    expect([first?.parent, first?.kind, first?.relation]).toEqual([
      idOf('/a-tuned'),
      'declared',
      'adapter',
    ]);
    const second = edges.get(idOf('/lora-step-2'));
    expect([second?.parent, second?.kind, second?.relation]).toEqual([
      idOf('/lora-step-1'),
      'inferred',
      'checkpoint',
    ]);
  });

  it('lets a shared part join the larger model, and tie no strangers together', () => {
    const encoder: MadeTensor[] = madeModel(50, 'F32').map((t) => ({
      ...t,
      name: `encoder.${t.name}`,
    }));
    const big = (seed: number): MadeTensor[] =>
      [0, 1, 2, 3, 4, 5].flatMap((copy) =>
        madeModel(seed + copy, 'F32').map((t) => ({ ...t, name: `unet.${copy}.${t.name}` })),
      );
    const input = worldOf([
      { name: 'encoder', tensors: encoder },
      { name: 'pipeline-a', tensors: [...encoder, ...big(60)] },
      { name: 'pipeline-b', tensors: [...encoder, ...big(70)] },
    ]);
    const report = reportOf(input);
    expect(treeOf(report, input)).toEqual([['pipeline-a > encoder part']]);
    expect(aloneOf(report, input)).toEqual(['pipeline-b']);
  });

  it('binds models without tensors by their shared bytes', () => {
    const fragments = Array.from({ length: 10 }, (_, i) => `f${i}`);
    const input = worldOf([
      { name: 'vocab@2023-08-18', tensors: [], fragments: [...fragments.slice(0, 7), 'x', 'y'] },
      { name: 'vocab@2023-08-17', tensors: [], fragments },
      { name: 'other', tensors: [], fragments: [...fragments.slice(0, 2), 'o', 'p', 'q', 'r'] },
    ]);
    const report = reportOf(input);
    expect(treeOf(report, input)).toEqual([['vocab@2023-08-17 > vocab@2023-08-18 part']]);
    expect(only(report.families).edges[0]?.deltaBytes).toBe(2 * FRAGMENT_BYTES);
    expect(only(report.families).matrix.shared).toEqual([10_000, 7000, 7000, 9000]);
  });

  it('matches grown tensors by their rows', () => {
    const rows = madeModel(80, 'F32')[0] as MadeTensor;
    const grown = {
      ...rows,
      shape: [161, 64],
      values: Float32Array.from([...rows.values, ...rows.values.slice(0, 64)]),
    };
    const input = worldOf([
      { name: 'voices', tensors: [rows] },
      { name: 'voices-grown', tensors: [grown] },
    ]);
    const report = reportOf(input);
    const edge = only(only(report.families).edges);
    expect(edge.evidence.near.tensors).toBe(1);
    expect(edge.deltaBytes).toBeLessThan(2000);
  });

  it('gives a matrix in the order of its models, own bytes on the diagonal', () => {
    const input = worldOf([
      { name: 'a', tensors: base },
      { name: 'b', tensors: [...base.slice(0, 5), ...fineTune(base, 0.05, 'F32', 90).slice(5)] },
    ]);
    const { matrix, models } = only(reportOf(input).families);
    const bytes = (tensors: readonly MadeTensor[]): number =>
      tensors.reduce((sum, { values }) => sum + values.length * 4, 0);
    expect(models).toEqual([idOf('/a'), idOf('/b')]);
    expect(matrix.shared).toEqual([
      bytes(base),
      bytes(base.slice(0, 5)),
      bytes(base.slice(0, 5)),
      bytes(base),
    ]);
    expect(matrix.near).toEqual([0, bytes(base.slice(5)), bytes(base.slice(5)), 0]);
  });

  const zoo: WorldModel[] = [
    { name: 'base', tensors: base },
    { name: 'half', tensors: base.map((tensor) => ({ ...tensor, dtype: 'F16' })) },
    { name: 'tuned', tensors: fineTune(base, 0.1, 'F32', 2) },
    { name: 'tuned-epoch-3', tensors: fineTune(base, 0.2, 'F32', 3) },
    { name: 'copy', tensors: base },
    { name: 'stranger', tensors: madeModel(9, 'F32'), fragments: ['x'] },
    { name: 'stranger-2', tensors: fineTune(madeModel(9, 'F32'), 0.1, 'F32', 4), fragments: ['x'] },
    { name: 'alone', tensors: madeModel(10, 'F32') },
  ];
  const told = JSON.stringify(reportOf(worldOf(zoo)));

  it('says the same whatever the order of the models', () => {
    const order = fc.shuffledSubarray(zoo, { minLength: zoo.length });
    fc.assert(
      fc.property(order, (models) => {
        expect(JSON.stringify(reportOf(worldOf(models)))).toBe(told);
      }),
      { numRuns: 5, seed: 3 },
    );
  });

  it('pauses, and ends when the pause throws', async () => {
    let pauses = 0;
    const input = worldOf(zoo);
    const slow = <T>(work: () => T): T => {
      const until = performance.now() + 1;
      while (performance.now() < until);
      return work();
    };
    const pairs = { relate: (a: number, b: number) => slow(() => input.pairs.relate(a, b)) };
    const report = await familiesReport({ ...input, pairs }, async () => {
      pauses += 1;
    });
    expect(JSON.stringify(report)).toBe(told);
    expect(pauses).toBeGreaterThan(2);
    const stopped = familiesReport({ ...input, pairs }, () => Promise.reject(new Error('stopped')));
    await expect(stopped).rejects.toThrow('stopped');
  });

  it('asks for the values of pairs with evidence only', () => {
    const strangers = Array.from({ length: 40 }, (_, i) => ({
      name: `m${i}`,
      tensors: madeModel(100 + i, 'F32'),
    }));
    const input = worldOf([
      ...strangers,
      { name: 'm0-tuned', tensors: fineTune(madeModel(100, 'F32'), 0.1, 'F32', 1) },
    ]);
    let relations = 0;
    const pairs = {
      relate: (a: number, b: number) => {
        relations += 1;
        return input.pairs.relate(a, b);
      },
    };
    const report = reportOf({ ...input, pairs });
    expect(treeOf(report, input)).toEqual([['m0 > m0-tuned fine-tune']]);
    expect(relations).toBeLessThan(100);
  });
});
