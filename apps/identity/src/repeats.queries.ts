/**
 * A command comes again when its receiver died after the commit and before the reply. The row that it changed remembers
 * the last commands, in the statement that saves the row: the repeat is then answered with the row as it is, and neither
 * applied over what came after it nor refused for the version that it made itself.
 */
const REMEMBERED = 16;

/**
 * SQL of the column `repeated` of a locked row: whether the command changed this row before. It stands on the row itself,
 * for whoever waited for the row's lock sees the row anew, and nothing else.
 * @param bind the placeholder of the command's id
 */
export const isRepeat = (bind: string): string => `${bind}::uuid = ANY (recent_commands) AS repeated`;

/** SQL that remembers the command in an UPDATE of the row. @param bind the placeholder of the command's id */
export const rememberCommand = (bind: string): string =>
  `recent_commands = (${bind}::uuid || recent_commands)[1:${REMEMBERED}]`;
