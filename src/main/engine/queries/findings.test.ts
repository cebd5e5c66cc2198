import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { wrongDigests } from './findings';

const content = Buffer.from('weights');
const sha256 = createHash('sha256').update(content).digest('hex');
const other = 'a'.repeat(64);

describe('blobs whose SHA-256 is not their name', () => {
  it.each([
    `/c/hub/models--org--bert/blobs/${other}`,
    `/c/hub/datasets--d/blobs/${other}`,
    `/m/blobs/sha256-${other}`,
    `/m/blobs/sha256:${other}`,
    `C:\\u\\.ollama\\models\\blobs\\sha256-${other}`,
  ])('are found: %s', (realPath) => {
    expect(wrongDigests([{ realPath, sha256 }])).toMatchObject([
      {
        file: realPath,
        kind: 'wrong-digest',
        expected: `SHA-256 ${other}`,
        found: `SHA-256 ${sha256}`,
      },
    ]);
  });

  it.each([
    `/c/hub/models--org--bert/blobs/${sha256}`,
    `/m/blobs/sha256-${sha256}`,
    `/c/hub/models--org--bert/blobs/${'b'.repeat(40)}`,
    `/c/hub/models--org--bert/snapshots/r/${other}`,
    `/c/blobs/${other}`,
    `/m/blobs/sha256-${other}-partial`,
    '/m/model.safetensors',
  ])('are not found where name and content agree or the name is no digest: %s', (realPath) => {
    expect(wrongDigests([{ realPath, sha256 }])).toEqual([]);
  });

  it('are told once per file, from bytes as from text', () => {
    const realPath = `/m/blobs/sha256-${other}`;
    const bytes = createHash('sha256').update(content).digest();
    const files = [
      { realPath, sha256: new Uint8Array(bytes) },
      { realPath, sha256: sha256.toUpperCase() },
    ];
    expect(wrongDigests(files)).toHaveLength(1);
  });
});
