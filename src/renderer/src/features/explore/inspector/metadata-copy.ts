import type { ModelId } from '../../../../../shared/base';
import { call, toClientError } from '../../../client';
import { useToasts } from '../../../state/toasts';

/**
 * The metadata below a path as JSON, whole; an empty path means all of it. What had to be left out
 * is told in a message; undefined when nothing could be read, which is told as well.
 */
export async function wholeJson(
  modelId: ModelId,
  path: readonly string[],
): Promise<string | undefined> {
  const { show, fail } = useToasts.getState();
  try {
    const { text, leftOut } = await call('models.metadataJson', { modelId, path: [...path] });
    if (leftOut.length > 0) {
      show({ tone: 'info', title: 'The copy is not whole.', detail: leftOut.join(' ') });
    }
    return text;
  } catch (thrown) {
    fail(toClientError(thrown));
    return undefined;
  }
}

/** One value: a text as it is, anything else as JSON. */
export async function wholeValue(
  modelId: ModelId,
  path: readonly string[],
): Promise<string | undefined> {
  const json = await wholeJson(modelId, path);
  if (json === undefined) return undefined;
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}
