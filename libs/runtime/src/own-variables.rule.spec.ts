import { misspeltVariables } from './own-variables.rule.js';

it.each([
  ['TIDEGATE_API_KY', 'TIDEGATE_API_KEY'],
  ['TIDEGATE_APIKEY_FILE', 'TIDEGATE_API_KEY_FILE'],
  ['TIDEGATE_DATADIR', 'TIDEGATE_DATA_DIR'],
  ['TIDEGATE_ENCRYPTION_KEY_PREVIUOS', 'TIDEGATE_ENCRYPTION_KEY_PREVIOUS'],
])('refuses %s and names %s, without the value', (name, right) => {
  expect(misspeltVariables({ [name]: 'hunter2' })).toEqual([`${name} is not a setting. The nearest name is ${right}.`]);
});

it.each([
  'TIDEGATE_API_KEY',
  'TIDEGATE_API_KEY_FILE',
  'TIDEGATE_SERVICE_HOST',
  'TIDEGATE_SERVICE_PORT',
  'TIDEGATE_SERVICE_PORT_HTTP',
  'TIDEGATE_PORT',
  'TIDEGATE_PORT_3000_TCP_ADDR',
  'TIDEGATE_GATEWAY_SERVICE_HOST',
  'PORT',
  'TIDE_GATE',
])('accepts %s', (name) => {
  expect(misspeltVariables({ [name]: 'x' })).toEqual([]);
});

it('accepts an empty variable, which counts as not set', () => {
  expect(misspeltVariables({ TIDEGATE_API_KY: ' ', TIDEGATE_DATADIR: undefined })).toEqual([]);
});
