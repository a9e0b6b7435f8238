import { mute } from './mute.js';

it('swallows the one warning until it is told to end, and no other', () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const end = mute('library WARNING: old');
  console.warn('library WARNING: old runtime');
  console.warn('library WARNING: something else');
  end();
  console.warn('library WARNING: old runtime');
  expect(warn.mock.calls).toEqual([['library WARNING: something else'], ['library WARNING: old runtime']]);
  warn.mockRestore();
});
