import type { FormatName } from '../../../../shared/domain';

/** A heading of the list of bad inputs; zip and npz are parts of a heading. */
export type Section = 'safetensors' | 'gguf' | 'zip' | 'pickle' | 'onnx' | 'npy' | 'npz';

export const sectionFormats: Readonly<Record<Section, Exclude<FormatName, 'opaque'>>> = {
  safetensors: 'safetensors',
  gguf: 'gguf',
  zip: 'pytorch',
  pickle: 'pytorch',
  onnx: 'onnx',
  npy: 'numpy',
  npz: 'numpy',
};

/** An item of the list, word for word, and names of cases: each expression matches at least one. */
export type BadInput = readonly [item: string, ...cases: RegExp[]];

const safetensors: readonly BadInput[] = [
  ['empty', /^empty$/],
  ['1-7 bytes', /^1 bytes$/, /^7 bytes$/],
  [
    'header length 0, beyond the end, > 100,000,000, 2^63',
    /^header length 0$/,
    /^header beyond the end$/,
    /^header over the limit$/,
    /^header of 2\^63$/,
  ],
  ['not UTF-8', /^not UTF-8$/],
  ['BOM', /^BOM$/],
  ['NUL padding', /^NUL padding$/],
  ['leading white space', /^leading white space$/],
  ['truncated JSON', /^truncated JSON$/],
  ['array root', /^array root$/],
  ['a second object', /^a second object$/],
  ['comment', /^comment$/],
  ['NaN literal', /^NaN literal$/],
  ['nesting 200', /^nesting 200$/],
  ['a 100 MB header', /^a 100 MB header/],
  ['10 million overlapping tensors', /^10 million overlapping tensors$/, /^overlapping tensors/],
  [
    'duplicate tensor name (also through `\\u0061`)',
    /^duplicate tensor$/,
    /^duplicate through an escape$/,
  ],
  ['duplicate `__metadata__` or `dtype`', /^duplicate __metadata__$/, /^duplicate dtype$/],
  ['`__metadata__` with non-strings or null', /^metadata with a number$/, /^metadata with null$/],
  ['unknown tensor field', /^unknown tensor field$/],
  [
    'names `__proto__`, empty, NUL, lone surrogate, 1 MB long, HTML, right-to-left, `../`',
    ...['__proto__', 'empty', 'NUL', '1 MB', 'HTML', 'right-to-left', '\\.\\./'].map(
      (name) => new RegExp(`^a name that is ${name}$`),
    ),
    /^lone surrogate$/,
  ],
  [
    'offsets -1, 2.0, 2e0, -0, "0", 2^53+1, 2^64',
    ...['-1', '2\\.0', '2e0', '-0', '"0"', '2\\^53 \\+ 1', '2\\^64'].map(
      (text) => new RegExp(`^offset ${text}$`),
    ),
  ],
  ['shape overflow', /^shape overflow$/],
  ['shape×dtype overflow', /^shape and dtype overflow$/],
  ['[0,2^63,2^63]', /^\[0, 2\^63, 2\^63\]$/],
  ['begin > end', /^begin > end$/],
  ['end past the file', /^end past the file$/],
  ['three offsets', /^three offsets$/],
  ['missing field', /^missing dtype$/, /^missing shape$/, /^missing offsets$/],
  ['hole at start or middle', /^hole at the start$/, /^hole in the middle$/],
  ['overlap', /^overlap$/],
  ['trailing bytes', /^trailing bytes$/],
  ['2 bytes missing', /^2 bytes missing$/],
  ['size ≠ shape×dtype', /^size and shape differ$/],
  ['unknown dtype', /^unknown dtype$/],
  ['lower-case dtype', /^lower-case dtype$/],
  ['sub-byte dtype whose bits do not fill bytes', /^F4 that does not/, /^F6 that does not/],
  [
    '`{}`, scalar, zero-size, misaligned F32, NaN/Inf/-0, every dtype',
    /^\{\}$/,
    /^scalar$/,
    /^zero-size$/,
    /^misaligned F32$/,
    /^NaN, infinity and -0 as data$/,
    /^dtype F4$/,
    /^dtype U64$/,
  ],
];

const gguf: readonly BadInput[] = [
  ['bad magic', /^bad magic$/],
  [
    'versions 0, 1, 4, byte-swapped',
    /^version 0$/,
    /^version 1$/,
    /^version 4$/,
    /byte-swapped$/,
    /^version 3 swapped/,
  ],
  ['big-endian', /^big-endian$/],
  [
    'n_tensors or n_kv -1, 2^32, 2^63',
    ...['n_tensors', 'n_kv'].flatMap((field) =>
      ['-1', '2\\^32', '2\\^63'].map((value) => new RegExp(`^${field} ${value}$`)),
    ),
  ],
  [
    'key length -1, empty, > 65535, duplicate',
    /^key length -1$/,
    /^empty key$/,
    /^key over 65535$/,
    /^duplicate key$/,
  ],
  ['invalid value type', /^value type 13$/, /^value type -1$/],
  ['bool 2', /^bool 2$/],
  ['string length 2^63 or past the end', /^string length 2\^63$/, /^string past the end$/],
  ['array length 2^63 in 43 bytes', /^array length 2\^63 in 43 bytes$/],
  ['nested arrays, depth 10,000', /^arrays 10,000 deep$/],
  [
    'alignment 0, 13, 2^31, wrong type',
    /^alignment 0$/,
    /^alignment 13$/,
    /^alignment 2147483648$/,
    /^alignment of type u64$/,
  ],
  [
    'tensor name >= 64, empty, duplicate',
    /^tensor name of 64 bytes$/,
    /^empty tensor name$/,
    /^duplicate tensor name$/,
  ],
  ['n_dims 0, 5, 2^32-1', /^n_dims 0$/, /^n_dims 5$/, /^n_dims 2\^32 - 1$/],
  ['dimension -1', /^dimension -1$/],
  [
    'element, byte and accumulated size overflow',
    /^elements overflow$/,
    /^bytes overflow$/,
    /^accumulated overflow$/,
  ],
  [
    'unknown, negative and removed tensor types',
    /^an unknown type$/,
    /^type -1$/,
    /^removed type /,
  ],
  ['row not a block multiple', /^a row of Q4_K that is no block multiple$/],
  [
    'offset wrong, unaligned, overlapping, past the end',
    /^offset wrong$/,
    /^offset unaligned$/,
    /^overlap$/,
    /^offset past the end$/,
  ],
  ['truncated data', /^truncated data$/],
  ['tail bytes', /^tail bytes$/],
  ['cut at every header byte', /^cut at byte 0$/, /^cut at byte 100$/],
  ['a 100 MB or HTML chat template', /^a chat template of 100 MB$/, /^an HTML chat template$/],
  ['dimension 0', /^dimension 0$/],
];

const zip: readonly BadInput[] = [
  ['no or two end records', /^no end record$/, /^two end records$/],
  ['end record inside a comment', /^an end record inside the comment$/],
  ['junk before and after', /^junk before$/, /^junk after$/],
  ['local ≠ central name or size', /^local name differs$/, /^local size differs$/],
  ['odd flag bits', /^an unknown flag bit$/, /^patch data$/],
  ['bad CRC', /^a bad checksum/],
  ['overlapping entries', /^overlap: two records/, /^overlap: a member inside another$/],
  ['1032:1 deflate', /^deflated 1032:1$/, /^a size over 1,032 times/, /^a pickle of 300 MB/],
  ['65,535 entries without zip64', /^65,535 entries without zip64$/],
  ['zip64 sentinel without the extra', /^zip64 sentinel without the extra$/],
  ['sizes 2^63', /^zip64 sizes of 2\^63$/],
  ['data descriptors', /^descriptors$/, /^descriptor missing$/],
  ['duplicate names', /^duplicate name$/],
  ['encrypted', /^encrypted$/],
  ['unknown method', /^method 99/],
  [
    'names with `../`, absolute, backslash, NUL',
    /^named "\.\.\/x"$/,
    /^named "\/etc/,
    /^named "a\\\\b"$/,
    /^named "a\\u0000b"$/,
  ],
  ['no or two data.pkl', /^no data\.pkl$/, /^two data\.pkl$/],
  ['mixed prefixes', /^mixed prefixes$/],
  ['storage missing', /^the storage is missing$/],
  ['a storage that is a pickle', /^a storage that is a pickle$/],
  [
    '7z, tar, legacy and wrong extension',
    /^7z$/,
    /^a tar archive$/,
    /^a legacy stream named/,
    /^an archive named \.safetensors$/,
  ],
  ['byteorder big or junk', /^big-endian$/, /^byte order of junk$/],
];

const pickle: readonly BadInput[] = [
  ['cut at every byte', /^cut at byte 0$/, /^cut at byte 100$/],
  ['no STOP', /^no STOP$/],
  ['second pickle after STOP', /^a second pickle after STOP$/],
  ['payload and then a broken stream', /^a payload and then a broken stream$/],
  [
    'GLOBAL, INST, STACK_GLOBAL of os.system',
    /^GLOBAL of os/,
    /^INST of os/,
    /^STACK_GLOBAL of posix/,
  ],
  [
    'STACK_GLOBAL with missing memo, non-string, forged by BUILD',
    /^STACK_GLOBAL with missing memo$/,
    /^STACK_GLOBAL of numbers$/,
    /^STACK_GLOBAL forged by BUILD$/,
  ],
  [
    'REDUCE, OBJ, NEWOBJ_EX, BUILD, EXT1-4, PERSID',
    ...['REDUCE', 'OBJ', 'NEWOBJ_EX', 'BUILD', 'EXT1', 'EXT2', 'EXT4', 'PERSID'].map(
      (opcode) => new RegExp(`^${opcode}\\b`),
    ),
  ],
  [
    'pkgutil.resolve_name, getattr, nested pickle.loads',
    /^pkgutil\.resolve_name$/,
    /^builtins\.getattr$/,
    /^nested pickle\.loads$/,
  ],
  [
    'callables of torch.* and numpy.* outside the allow list, dotted names',
    /^torch\.hub\.load$/,
    /^numpy\.core\.multiarray\.fromfile$/,
    /^a dotted name$/,
  ],
  ['cycle', /^a list in itself$/],
  ['depth 100,000', /^depth 100,000$/],
  ['memo 2^31', /^memo number 2\^31$/, /^a memo of sparse numbers$/],
  ['BINBYTES8 2^63', /^BINBYTES8 of 2\^63$/],
  ['negative LONG4', /^a negative LONG4$/],
  ['false FRAME', /^a false FRAME/],
  ['protocol 255', /^protocol 255$/],
  ['numel ≠ storage', /^more elements than the storage has$/, /^fewer elements than/],
  [
    'stride or offset negative, overflowing, outside the storage',
    ...['-1', 'that overflows', 'outside'].map((what) => new RegExp(`^stride ${what}$`)),
    ...['-1', '2\\^60', 'outside'].map((what) => new RegExp(`^offset ${what}$`)),
  ],
  ['shared overlapping views', /^overlapping views of one storage$/],
];

const onnx: readonly BadInput[] = [
  ['truncated varint', /^truncated varint$/],
  ['varint over 10 bytes', /^varint over 10 bytes$/],
  ['length past the end', /^length past the end$/],
  ['nesting 1,000', /^nesting 1,000$/],
  ['raw_data length ≠ dims×type', /^raw_data too short$/, /^raw_data too long$/],
  ['both raw and typed data', /^raw and typed data$/],
  [
    'external location with `../`, absolute, missing, offset past the end',
    /^external location: \.\.\/$/,
    /^external location: absolute$/,
    /^external file missing$/,
    /^external offset past the end$/,
  ],
  ['duplicate initializer names', /^duplicate initializer names$/],
  ['unknown data type', /^unknown data type$/],
  ['2^31 dims', /^2\^31 dims declared$/],
];

const npy: readonly BadInput[] = [
  ['bad magic', /^bad magic$/],
  ['header not a dict', /^a list$/, /^a number$/, /^nothing$/],
  ['code in the header', /^code before$/, /^code as descr$/, /^code in the shape$/, /^code after$/],
  ['fortran order (valid)', /^fortran order$/],
  ['object dtype (opaque)', /^object dtype$/],
];

const npz: readonly BadInput[] = [
  [
    'sizes as for zip',
    /^impossible ratio$/,
    /^a deflated size that is not the content$/,
    /^stored: size and shape$/,
    /^a deflated array of 300 MB/,
  ],
];

/** The list of bad inputs, section by section; zip and pickle share their cases. */
export const badInputs: readonly (readonly [readonly Section[], readonly BadInput[]])[] = [
  [['safetensors'], safetensors],
  [['gguf'], gguf],
  [['zip', 'pickle'], zip],
  [['pickle'], pickle],
  [['onnx'], onnx],
  [['npy'], npy],
  [['npz'], npz],
];

/** Items on folders instead of files: the test file (below the engine) and words of the test. */
export const folderInputs: readonly (readonly [item: string, file: string, ...words: string[]])[] =
  [
    [
      'weight_map with `../`, absolute, drive, UNC, `\\\\?\\`, `file:stream`',
      'discover/hostile.test.ts',
      "'../evil.safetensors'",
      "'/etc/passwd'",
      "'C:\\\\evil.safetensors'",
      "'\\\\\\\\host\\\\share",
      "'\\\\\\\\?\\\\C:",
      "'evil.safetensors:stream'",
    ],
    [
      'weight_map as array, non-string, `__proto__`, very many entries',
      'discover/hostile.test.ts',
      'lists shards as an array',
      'names a shard by a number',
      'lists a tensor called __proto__ changes nothing else',
      'lists very many shards that are not there is one finding',
    ],
    [
      'shard missing, a folder, a FIFO',
      'discover/hostile.test.ts',
      'in a subfolder that is a folder, a pipe, a loop, a link outside or nothing says so',
    ],
    [
      'tensor absent, in two shards, unlisted',
      'formats/safetensors-index.test.ts',
      'finds a tensor that its shard does not hold',
      'finds a tensor in two shards',
      'finds tensors that the index does not list',
    ],
    [
      'total_size wrong or negative',
      'discover/hostile.test.ts',
      'states a wrong or negative total is reported',
    ],
    [
      'symlink outside the root, loop, dangling, swapped after the check',
      'discover/links.test.ts',
      'to folders do not loop',
      'that dangle or lead outside are reported',
      'a file that is swapped after it was listed',
    ],
    [
      'a 64-hex blob whose SHA-256 is not its name',
      'jobs/fingerprint.test.ts',
      'finds a Hugging Face blob that is not what its name says',
    ],
    [
      'shards that differ only by case or NFC',
      'discover/hostile.test.ts',
      'that differs from the file only by case or Unicode form points at it',
    ],
    [
      'GGUF parts `00000-of`, 2-of-1, missing, of two models',
      'discover/hostile.test.ts',
      'numbered as no set can be are shown alone',
      'of GGUF are one model, and one that is missing is named',
      'that repeat a tensor belong to two models',
    ],
    [
      'snapshots→blobs links, copies without blobs',
      'discover/hub.test.ts',
      'need not exist: copies alone are a valid cache',
    ],
  ];
