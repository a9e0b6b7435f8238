import { byDan, CREATED, TOKEN } from '../common/example-values.js';
import { type CreateToken, type NewTokenView, type RotateToken, type TokenView } from './tokens.dto.js';

const token: TokenView = {
  id: TOKEN,
  hint: '1eca',
  description: 'Okta provisioning',
  status: 'active',
  createdAt: CREATED,
  expiresAt: '2027-11-23T22:40:53.100Z',
  lastUsedAt: null,
  lastUsedFrom: null,
  successorId: null,
  createdBy: byDan,
};

export const TOKEN_EXAMPLES = {
  CreateToken: { description: 'Okta provisioning' } satisfies CreateToken,
  RotateToken: { overlapSeconds: 3_600 } satisfies RotateToken,
  TokenView: token,
  NewTokenView: { ...token, token: 'tgs_01a216394e927106865cc648bd8eb35d_…_5e5b1eca' } satisfies NewTokenView,
};
