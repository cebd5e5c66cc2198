import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DatabaseSync,
  type DatabaseSyncInstance,
  type StatementSyncInstance,
} from '@photostructure/sqlite';
import type { FileFingerprint } from '../fragments/segments';
import type { FileStamp } from '../model/model';

/** Raised when a table changes; an older or newer catalogue is set aside, for it is only a cache. */
const SCHEMA_VERSION = 1;

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
  close(): void;
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
      'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL',
    );
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version !== 0 && version !== SCHEMA_VERSION) throw new Error(`schema ${version}`);
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
    close: () => {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
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
