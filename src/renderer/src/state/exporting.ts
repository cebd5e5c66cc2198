import type { ModelId } from '../../../shared/base';
import { formatBytes } from '../../../shared/base';
import { call, toClientError } from '../client';
import { visibleText } from '../lib/hostile-text';
import { useSettings } from './settings';
import { useToasts } from './toasts';

/** Asks where to save one model's manifest, saves it, and says how it went. */
export async function exportManifest(modelId: ModelId): Promise<void> {
  const { show, fail } = useToasts.getState();
  try {
    const outcome = await call('manifest.export', { modelId });
    if (!outcome.saved) return;
    const size =
      outcome.bytes === undefined
        ? ''
        : `, ${formatBytes(outcome.bytes, useSettings.getState().units)}`;
    show({
      tone: 'success',
      title: `Manifest saved${size}.`,
      ...(outcome.path === undefined ? {} : { detail: visibleText(outcome.path) }),
    });
  } catch (thrown) {
    fail(toClientError(thrown));
  }
}
