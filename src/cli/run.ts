import { Command, CommanderError } from 'commander';
import { EngineError } from '../main/engine/api';
import { compare } from './compare';
import { estimate } from './estimate';
import { CommandFailure, exitCodes, Interrupted } from './failure';
import { families } from './families';
import { manifestExport, manifestVerify } from './manifest';
import { samples } from './samples';
import { scan } from './scan';
import { similar, thresholdArgument } from './similar';
import { bytesArgument, seedArgument } from './sizes';
import { plain } from './text';

/** What a command may touch of the process. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `err` is a terminal, where a line may be rewritten. */
  readonly progress: boolean;
  /** Width of that terminal. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
}

/**
 * Runs one command line (without the program's name); resolves to its exit code: 0 done,
 * 1 verify found damage, 2 wrong usage, 3 a file or folder could not be read or written,
 * 130 interrupted. `out` gets the command's output only.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCodes.done;
  const program = commands(terminal, (result) => {
    code = result;
  });
  try {
    if (args.length === 0) {
      terminal.err(program.helpInformation());
      return exitCodes.usage;
    }
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, terminal);
  }
}

function commands(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command('tessera')
    .description('See what models are made of and which fragments they share.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .addHelpText('after', '\nExit codes: 0 done, 1 verify found damage, 2 usage, 3 I/O.');

  withCatalogue(program.command('scan'))
    .description('list the models below files and folders, with what they share')
    .argument('<path...>', 'files or folders')
    .option('--json', 'print JSON')
    .action(async (paths: string[], options) => finish(await scan(paths, options, terminal)));

  addSimilarity(program, terminal, finish);

  const manifest = program.command('manifest').description('export or check a manifest');
  withCatalogue(manifest.command('export'))
    .description("write one model's manifest")
    .argument('<path>', 'the model, or a folder with it')
    .requiredOption('-o, --output <file>', 'where to write it; - for standard output')
    .option('--model <id>', 'which model, by id or name, when the path holds several')
    .action(async (path: string, options) => finish(await manifestExport(path, options, terminal)));
  manifest
    .command('verify')
    .description('check that files are, byte for byte, what a manifest says')
    .argument('<file>', 'the manifest')
    .requiredOption('--against <folder>', 'the folder that its files lie in')
    .option('--json', 'print JSON')
    .action(async (file: string, options) => finish(await manifestVerify(file, options, terminal)));

  program
    .command('samples')
    .description('write a family of made-up models with realistic weights')
    .argument('<folder>', 'where to; created if missing')
    .option('--size <bytes>', 'size of the family, as 200MB or 4GB', bytesArgument)
    .option('--seed <number>', 'another seed gives other weights', seedArgument)
    .action(async (folder: string, options) => finish(await samples(folder, options, terminal)));
  return program;
}

/** Commands about how models relate and what that saves. */
function addSimilarity(program: Command, terminal: Terminal, finish: (code: number) => void): void {
  withCatalogue(program.command('compare'))
    .description('compare two models, tensor by tensor; the first one is the base')
    .argument('<a>', 'a model, or a folder with it')
    .argument('<b>', 'another one')
    .option('--model-a <id>', 'which model, by id or name, when the first path holds several')
    .option('--model-b <id>', 'which model, when the second path holds several')
    .option('--json', 'print JSON')
    .action(async (a: string, b: string, options) =>
      finish(await compare(a, b, options, terminal)),
    );
  withCatalogue(program.command('families'))
    .description('show which models came from which')
    .argument('<path...>', 'files or folders')
    .option('--json', 'print JSON')
    .action(async (paths: string[], options) => finish(await families(paths, options, terminal)));
  withCatalogue(program.command('similar'))
    .description('list the tensors that are like another one')
    .argument('<path...>', 'files or folders')
    .option('--threshold <score>', 'lowest score, 0.5 to 1', thresholdArgument, 0.9)
    .option('--json', 'print JSON')
    .action(async (paths: string[], options) => finish(await similar(paths, options, terminal)));
  withCatalogue(program.command('estimate'))
    .description('estimate what a library of the models would take; writes nothing')
    .argument('<path...>', 'files or folders')
    .option('--exact', 'weigh every byte instead of a sample')
    .option('--json', 'print JSON')
    .action(async (paths: string[], options) => finish(await estimate(paths, options, terminal)));
}

/** Where fingerprints are kept from run to run. */
function withCatalogue(command: Command): Command {
  return command
    .option('--data <folder>', 'keep fingerprints in this folder')
    .option('--no-cache', 'keep no fingerprints');
}

function explain(error: unknown, { err }: Terminal): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  if (error instanceof Interrupted) {
    err('Interrupted.\n');
    return exitCodes.interrupted;
  }
  if (error instanceof CommandFailure) {
    err(`tessera: ${plain(error.message)}\n`);
    return error.code;
  }
  if (error instanceof EngineError) {
    const hint = error.hint === undefined ? '' : `\n${plain(error.hint)}`;
    err(`tessera: ${plain(error.message)}${hint}\n`);
    return exitCodes.io;
  }
  err(
    `tessera: ${plain(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
  );
  return exitCodes.io;
}
