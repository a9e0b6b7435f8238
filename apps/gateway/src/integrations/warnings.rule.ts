/** Maximum number of names in a warning. */
const SHOWN_NAMES = 5;

/**
 * Finds settings that are valid but probably not intended.
 * @param given.domain the saved domain, and the names of other integrations that have it
 * @param given.unmatchedGroups names of groups to sync that match no group
 * @returns one sentence or two for each
 */
export function settingsWarnings({
  domain,
  sameDomain,
  unmatchedGroups,
}: {
  domain: string | null;
  sameDomain: readonly string[];
  unmatchedGroups: readonly string[];
}): string[] {
  const dotted = unmatchedGroups.filter((name) => name.includes('.'));
  return [
    ...(sameDomain.length > 0
      ? [
          `Other integrations also have the domain ${domain}: ${shown(sameDomain)}. ` +
            'Each integration has its own users, groups and grants.',
        ]
      : []),
    ...(dotted.length > 0
      ? [`Names in groupsToSync contain a dot: ${shown(dotted)}. A dot is part of a name; commas separate names.`]
      : []),
  ];
}

function shown(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  const quoted = names.slice(0, SHOWN_NAMES).map((name) => `"${name}"`);
  return [...quoted, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
