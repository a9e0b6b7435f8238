/** The data and the reply of one command. */
export interface Call<Data, Reply> {
  data: Data;
  reply: Reply;
}
/** The reply of a command without results. */
export type Done = Record<string, never>;
/** The data of a command without parameters. */
export type NoData = Record<string, never>;
