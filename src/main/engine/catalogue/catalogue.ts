import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DatabaseSync,
  type DatabaseSyncInstance,
  type StatementSyncInstance,
} from '@photostructure/sqlite';
import type { FileFingerprint } from '../fragments/segments';
import type { FileStamp } from '../model/model';

/**
 * Raised when a table changes. Version 1 had no tables but `fingerprint`, which is the same since;
 * a catalogue of any other version is set aside, for it is only a cache.
 */
const SCHEMA_VERSION = 2;
const READABLE_VERSIONS: readonly number[] = [0, 1, SCHEMA_VERSION];

/**
 * Pages of 4 KiB that the log holds before it is written back, which waits for the disk: signatures
 * come by the megabyte, and a busy disk would stop everything else every few files.
 */
const CHECKPOINT_PAGES = 16_384;

export interface StoredFingerprint {
  readonly fingerprint: FileFingerprint;
  readonly viewHashes: Uint8Array;
}

/**
 * The cache of fingerprints, by path, size, modification time and inode, and by the way the file
 * was cut. Losing it loses time only. Every `put` is on disk, whole, when it returns (WAL), so a
 * killed process keeps all finished files.
 */
export interface Catalogue {
  get(path: string, stamp: FileStamp, planKey: string): StoredFingerprint | undefined;
  put(path: string, stamp: FileStamp, planKey: string, stored: StoredFingerprint): void;
  /** Signatures belong to content, not to files: a copied or moved tensor is not signed again. */
  signature(key: SignatureKey): Uint8Array | undefined;
  putSignatures(entries: readonly (SignatureKey & { readonly data: Uint8Array })[]): void;
  /** What was measured of a pair; `key` is 32 bytes that name both tensors and the way. */
  measure(key: Uint8Array, version: number): string | undefined;
  putMeasures(
    entries: readonly { readonly key: Uint8Array; readonly data: string }[],
    version: number,
  ): void;
  close(): void;
}

export interface SignatureKey {
  /** BLAKE3 of the tensor's bytes. */
  readonly hash: Uint8Array;
  /** How the bytes are read as values: see `layoutKey`. */
  readonly layout: string;
  readonly version: number;
}

/**
 * `folder` null: in memory. A damaged or foreign file is moved aside as `catalogue.damaged-…`;
 * where the folder cannot be written or another process holds the file, memory serves instead.
 */
export function openCatalogue(folder: string | null): Catalogue {
  if (folder === null) return overDatabase(openDatabase(':memory:'));
  const file = join(folder, 'catalogue.sqlite');
  try {
    mkdirSync(dirname(file), { recursive: true });
    return overDatabase(openOrReplace(file));
  } catch {
    return overDatabase(openDatabase(':memory:'));
  }
}

function openOrReplace(file: string): DatabaseSyncInstance {
  try {
    return openDatabase(file);
  } catch (error) {
    if (!/not a database|malformed|schema/i.test(String(error))) throw error;
    setAside(file);
    return openDatabase(file);
  }
}

/** What must be unchanged for a cached fingerprint to hold. */
export function stampKey(stamp: FileStamp): string {
  return `${stamp.size}:${stamp.mtimeNs}:${stamp.inode}`;
}

function openDatabase(file: string): DatabaseSyncInstance {
  const database = new DatabaseSync(file);
  try {
    database.exec(
      'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;' +
        `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    );
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (!READABLE_VERSIONS.includes(version)) throw new Error(`schema ${version}`);
    database.exec(`
      CREATE TABLE IF NOT EXISTS fingerprint(
        path TEXT PRIMARY KEY,
        stamp TEXT NOT NULL,
        plan TEXT NOT NULL,
        sha256 BLOB NOT NULL,
        segment_hashes BLOB NOT NULL,
        fragment_counts BLOB NOT NULL,
        fragment_hashes BLOB NOT NULL,
        fragment_lengths BLOB NOT NULL,
        view_hashes BLOB NOT NULL
      );
      CREATE TABLE IF NOT EXISTS signature(
        hash BLOB NOT NULL,
        layout TEXT NOT NULL,
        version INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY(hash, layout)
      );
      CREATE TABLE IF NOT EXISTS measure(
        pair BLOB PRIMARY KEY,
        version INTEGER NOT NULL,
        data TEXT NOT NULL
      );
      PRAGMA user_version = ${SCHEMA_VERSION};`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function setAside(file: string): void {
  renameSync(file, `${file}.damaged-${Date.now()}`);
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
}

interface Row {
  readonly stamp: string;
  readonly plan: string;
  readonly sha256: Uint8Array;
  readonly segment_hashes: Uint8Array;
  readonly fragment_counts: Uint8Array;
  readonly fragment_hashes: Uint8Array;
  readonly fragment_lengths: Uint8Array;
  readonly view_hashes: Uint8Array;
}

function overDatabase(database: DatabaseSyncInstance): Catalogue {
  const select = database.prepare('SELECT * FROM fingerprint WHERE path = ?');
  const insert = database.prepare(
    'INSERT OR REPLACE INTO fingerprint VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return {
    get: (path, stamp, planKey) => readRow(select, path, stamp, planKey),
    put: (path, stamp, planKey, stored) => writeRow(insert, path, stamp, planKey, stored),
    ...signatureTable(database),
    ...measureTable(database),
    close: () => {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

function signatureTable(
  database: DatabaseSyncInstance,
): Pick<Catalogue, 'signature' | 'putSignatures'> {
  const select = database.prepare(
    'SELECT data FROM signature WHERE hash = ? AND layout = ? AND version = ?',
  );
  const insert = database.prepare('INSERT OR REPLACE INTO signature VALUES (?, ?, ?, ?)');
  return {
    signature: ({ hash, layout, version }) =>
      (select.get(hash, layout, version) as { data: Uint8Array } | undefined)?.data,
    putSignatures: (entries) =>
      inTransaction(database, () => {
        for (const { hash, layout, version, data } of entries) {
          insert.run(hash, layout, version, data);
        }
      }),
  };
}

function measureTable(database: DatabaseSyncInstance): Pick<Catalogue, 'measure' | 'putMeasures'> {
  const select = database.prepare('SELECT data FROM measure WHERE pair = ? AND version = ?');
  const insert = database.prepare('INSERT OR REPLACE INTO measure VALUES (?, ?, ?)');
  return {
    measure: (key, version) => (select.get(key, version) as { data: string } | undefined)?.data,
    putMeasures: (entries, version) =>
      inTransaction(database, () => {
        for (const { key, data } of entries) insert.run(key, version, data);
      }),
  };
}

function inTransaction(database: DatabaseSyncInstance, work: () => void): void {
  database.exec('BEGIN');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function readRow(
  select: StatementSyncInstance,
  path: string,
  stamp: FileStamp,
  planKey: string,
): StoredFingerprint | undefined {
  const row = select.get(path) as Row | undefined;
  if (row === undefined || row.stamp !== stampKey(stamp) || row.plan !== planKey) return undefined;
  return {
    fingerprint: {
      sha256: row.sha256,
      segmentHashes: row.segment_hashes,
      fragmentCounts: wordsOf(row.fragment_counts),
      fragmentHashes: row.fragment_hashes,
      fragmentLengths: wordsOf(row.fragment_lengths),
    },
    viewHashes: row.view_hashes,
  };
}

function writeRow(
  insert: StatementSyncInstance,
  path: string,
  stamp: FileStamp,
  planKey: string,
  { fingerprint, viewHashes }: StoredFingerprint,
): void {
  insert.run(
    path,
    stampKey(stamp),
    planKey,
    fingerprint.sha256,
    fingerprint.segmentHashes,
    bytesOf(fingerprint.fragmentCounts),
    fingerprint.fragmentHashes,
    bytesOf(fingerprint.fragmentLengths),
    viewHashes,
  );
}

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

/** Copied, because a blob's bytes may start anywhere in its buffer. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}
