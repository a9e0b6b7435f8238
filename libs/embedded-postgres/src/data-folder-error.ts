/** The server cannot use its data folder. The message tells an operator the reason. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Reasons by error code of the file system. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'is not writable for this user',
  EPERM: 'is not writable for this user',
  EROFS: 'is on a read-only file system',
  EEXIST: 'is a file or below a file, not a folder',
  ENOTDIR: 'is a file or below a file, not a folder',
  ENOENT: 'cannot be created',
  ENOSPC: 'is on a disk without free space',
  EDQUOT: 'is on a disk without free space for this user',
};

/** @returns a sentence for an error of the file system; any other error unchanged */
export function explainFolderError(path: string, error: unknown): unknown {
  const reason = REASONS[String((error as NodeJS.ErrnoException).code)];
  return reason === undefined ? error : new DataFolderError(`The data folder ${path} ${reason}.`, { cause: error });
}

/** @returns a sentence for what a program of PostgreSQL printed when it failed; its output if the reason is not known */
export function explainOutput(path: string, did: string, output: string): DataFolderError {
  if (/No space left on device/.test(output)) return new DataFolderError(`The data folder ${path} ${REASONS.ENOSPC}.`);
  if (/has wrong ownership/.test(output)) return new DataFolderError(`The data in ${path} belongs to another user.`);
  return new DataFolderError(`${did} ${path}.\n${output}`);
}
