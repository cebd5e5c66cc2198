import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ModelId } from '../../../../../shared/base';
import { call, toClientError } from '../../../client';
import { type Branch, type Branches, flattenTree, missingBranches, type TreeLine } from './flatten';

export interface TensorTree {
  readonly lines: readonly TreeLine[];
  retry(prefix: string): void;
  /** Children of a prefix, where they are loaded. */
  branch(prefix: string): Branch | undefined;
}

/** The tree of one model, loaded branch by branch as they are expanded. */
export function useTree(modelId: ModelId, expanded: ReadonlySet<string>): TensorTree {
  const [branches, setBranches] = useState<Branches>(() => new Map());
  const asked = useRef(new Set<string>());
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const load = useCallback(
    async (prefix: string) => {
      const put = (branch: Branch) => setBranches((before) => new Map(before).set(prefix, branch));
      asked.current.add(prefix);
      put({ state: 'loading' });
      try {
        const nodes = await call('tensors.children', { modelId, prefix });
        if (alive.current) put({ state: 'loaded', nodes });
      } catch (thrown) {
        if (alive.current) put({ state: 'failed', message: toClientError(thrown).message });
      }
    },
    [modelId],
  );

  useEffect(() => {
    for (const prefix of missingBranches(branches, expanded)) {
      if (!asked.current.has(prefix)) void load(prefix);
    }
  }, [branches, expanded, load]);

  const lines = useMemo(() => flattenTree(branches, expanded), [branches, expanded]);
  const retry = useCallback((prefix: string) => void load(prefix), [load]);
  const branch = useCallback((prefix: string) => branches.get(prefix), [branches]);
  return { lines, retry, branch };
}
