/**
 * The number of recent command ids stored in a row. A command is repeated when its receiver crashed after the commit
 * and before the reply. The ids are stored in the statement that saves the row, so a repeat is detected: the reply is
 * the current row. The repeat does not overwrite later changes and is not refused because of the version that it
 * created.
 */
const STORED_COMMANDS = 16;

/**
 * SQL for the column `repeated` of a locked row: whether the command already changed it. The ids are in the row itself,
 * because a statement that waited for a row lock reads the current version of that row, but old versions of others.
 * @param bind the placeholder of the command id
 */
export const isRepeat = (bind: string): string => `${bind}::uuid = ANY (recent_commands) AS repeated`;

/** SQL that stores the command id in an UPDATE of the row. @param bind the placeholder of the command id */
export const rememberCommand = (bind: string): string =>
  `recent_commands = (${bind}::uuid || recent_commands)[1:${STORED_COMMANDS}]`;
