/** How many of a kind there may be, so that no caller can use up what others need. */
export interface Places {
  total: number;
  /** That concern all integrations. */
  everywhere: number;
  /** That name one and the same integration. */
  ofIntegration: number;
  /** Of one maker, unless it administers everything. */
  ofMaker: number;
  /** Of the first three: those that only administrators of everything get. */
  reserved: number;
}

/** How many there are beside the one that is to be made. */
export interface Taken {
  total: number;
  /** Left out when the new one does not concern all integrations. */
  everywhere?: number;
  /** In the fullest of the integrations that the new one names. */
  ofIntegration: number;
  ofMaker: number;
}

/** A limit that is reached. */
export interface Limit {
  most: number;
  /** Of what: "for one integration". */
  scope: string;
}

/** @param noun in the plural: "API keys" */
export const limitText = ({ most, scope }: Limit, noun: string): string =>
  `There may be ${most} ${noun} ${scope}: delete one first.`;

/**
 * @param isRoot whether the caller administers everything
 * @returns the limit that is reached; undefined when there is room for one more
 */
export function limitReached(places: Places, taken: Taken, isRoot: boolean): Limit | undefined {
  const reserved = isRoot ? 0 : places.reserved;
  const { total, everywhere = 0, ofIntegration, ofMaker } = taken;
  const limits: [count: number, most: number, scope: string][] = [
    [total, places.total - reserved, 'in all'],
    [everywhere, places.everywhere - reserved, 'for all integrations'],
    [ofIntegration, places.ofIntegration - reserved, 'for one integration'],
    [isRoot ? 0 : ofMaker, places.ofMaker, 'of one maker'],
  ];
  const reached = limits.find(([count, most]) => count >= most);
  return reached && { most: reached[1], scope: reached[2] };
}
