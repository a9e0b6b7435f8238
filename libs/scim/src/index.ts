export { type Dialect, DIALECTS } from './dialects.js';
export { type QuirkName, QUIRKS, tolerates } from './quirks.js';
export { ERROR_URN, SCIM_ERRORS, ScimError, type ScimErrorBody, scimErrorBody, type ScimErrorCode } from './errors.js';
export { equalAttributes, type JsonValue, type ScimAttributes } from './json.js';
export { foldCase, normalizedUserName } from './text.js';
export { type Attribute, type ResourceType, type Schema } from './schema/attribute.js';
export { USER } from './schema/user.js';
export { GROUP } from './schema/group.js';
export { DEFAULT_PROFILE, resourceTypes, type ResourceTypes, type ScimProfile } from './schema/profile.js';
export { parseExtensions, ruleAttributes } from './schema/parse-extensions.js';
export { type AttributePath, type ResolvedAttribute, resolveAttribute } from './schema/resolve.js';
export {
  type AuthenticationScheme,
  resourceTypeByName,
  resourceTypesList,
  schemaById,
  schemasList,
  serviceProviderConfig,
} from './schema/discovery.js';
export { parseResource, resourceSteps } from './parse.js';
export { atOnce, type Steps } from './steps.js';
export { timeShare, TimeShare } from './time-share.js';
export { replaceResource } from './immutable.js';
export { parsePatch, type PatchOperation, patchSteps } from './patch/message.js';
export { applyPatch, patchApplication } from './patch/apply.js';
export {
  groupChanges,
  groupChangeSteps,
  type MemberChange,
  memberMatcher,
  type MembersById,
} from './patch/group-changes.js';
export { mayDeactivate } from './patch/may-deactivate.js';
export { COMPARE_OPERATORS, type CompareOperator, type Filter, type Literal } from './filter/ast.js';
export { parseFilter, parsePath } from './filter/parse.js';
export { readFilter } from './filter/dialect.js';
export { printFilter } from './filter/print.js';
export { comparand, filteredAttribute, type PositiveOperator, subAttributeOf } from './filter/comparison.js';
export { comparisonKeys } from './filter/keys.js';
export { compareKeys } from './filter/order.js';
export { sortedAttribute } from './filter/sort.js';
export { filterForType } from './filter/for-type.js';
export { matches } from './filter/match.js';
export { entityTag, renderResource } from './render.js';
export { project, type Projection, wantsAttribute } from './project.js';
export { listResponse, type Page } from './list-response.js';
export { parseSearchRequest, readSearchParameters, type SearchRequest, invalidCount } from './search-request.js';
export { userStateOf } from './user-state.js';
export { CURSOR_SECONDS, PAGE_LIMITS } from './paging.js';
export { BULK_LIMITS } from './bulk-limits.js';
export {
  type BulkOperation,
  type BulkRequest,
  bulkSteps,
  type BulkWork,
  parseBulk,
  patchBody,
} from './bulk/message.js';
export { type BulkStep, planBulk } from './bulk/plan.js';
export { referencesIn, resolveReferences, splitBody } from './bulk/references.js';
export { BulkLedger, type BulkOutcome } from './bulk/ledger.js';
