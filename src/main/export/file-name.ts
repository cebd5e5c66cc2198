const maxNameLength = 120;
/** Names that Windows keeps for devices, with or without an extension. */
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
/** Control and text-direction characters, and what file systems do not take in a name. */
const unsafe = /[\p{Cc}\p{Cf}\u2028\u2029<>:"/\\|?*]/gu;

/**
 * `<model>.tessera.json`, from a name that came out of a file: one path component, valid on Linux,
 * macOS and Windows, without control or text-direction characters, at most 120 characters before
 * the extension.
 */
export function manifestFileName(modelName: string): string {
  const cleaned = modelName
    .normalize('NFC')
    .replace(unsafe, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const short = [...cleaned].slice(0, maxNameLength).join('').trimEnd();
  const named = short === '' ? 'model' : short;
  return `${reserved.test(named) ? '_' : ''}${named}.tessera.json`;
}
