import { z } from 'zod';
import { defaultThresholds } from '../../shared/domain';
import { thresholdsSchema } from '../../shared/ipc';

/** Version of the settings file. A newer file is read as far as it is understood. */
export const settingsVersion = 1;
export const maxRecents = 20;

const coordinate = z.int().min(-100_000).max(100_000);
const extent = z.int().min(1).max(100_000);
const absolute = z.string().min(1).max(32_768);

const windowSchema = z.object({
  /** Of the window's frame, in screen coordinates (device-independent pixels). */
  x: coordinate,
  y: coordinate,
  /** Of the content. */
  width: extent,
  height: extent,
  maximised: z.boolean(),
});
export type StoredWindow = z.output<typeof windowSchema>;

const recentSchema = z.object({
  path: absolute,
  kind: z.enum(['folder', 'file']),
  /** Milliseconds since 1970. */
  lastOpened: z.number().min(0),
});
export type StoredRecent = z.output<typeof recentSchema>;

/** A list that drops what it does not understand, rather than failing as a whole. */
const lenientList = <Item extends z.ZodType>(item: Item, max: number) =>
  z
    .array(z.unknown())
    .transform((values) =>
      values
        .map((value) => item.safeParse(value))
        .flatMap((parsed) => (parsed.success ? [parsed.data] : []))
        .slice(0, max),
    )
    .catch([]);

const storedSchema = z.object({
  units: z.enum(['decimal', 'binary']).catch('decimal'),
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  /** All three or none: single ones would not be in order. */
  thresholds: thresholdsSchema.catch(defaultThresholds),
  window: windowSchema.nullable().catch(null),
  recents: lenientList(recentSchema, maxRecents),
  /** Paths that were open when the application was last used, in order. */
  session: lenientList(absolute, 10_000),
  /** Where the last manifest was saved. */
  exportFolder: absolute.nullable().catch(null),
});

/** Everything that outlives a run, except the catalogue. */
export type StoredSettings = z.output<typeof storedSchema>;

/** Reads whatever a settings file holds; what is missing or wrong becomes the default. */
export function readStored(raw: unknown): StoredSettings {
  const isRecord = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  return storedSchema.parse(isRecord ? raw : {});
}

/** `recents` with `opened` in front, each path once, the oldest dropped beyond the limit. */
export function withRecents(
  recents: readonly StoredRecent[],
  opened: readonly StoredRecent[],
): StoredRecent[] {
  const paths = new Set(opened.map((recent) => recent.path));
  return [...opened, ...recents.filter((recent) => !paths.has(recent.path))].slice(0, maxRecents);
}
