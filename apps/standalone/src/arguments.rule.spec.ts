import { environmentOfArguments } from './arguments.rule.js';

it.each([
  [[], {}],
  [['--port', '8080'], { PORT: '8080' }],
  [['--port=8080'], { PORT: '8080' }],
  [['--port', '1', '--port=2'], { PORT: '2' }],
])('reads %j', (args, env) => {
  expect(environmentOfArguments(args)).toEqual(env);
});

it.each([
  [['--prot', '8080'], '--prot is not an argument. The nearest one is --port.'],
  [['--prot=8080'], '--prot=8080 is not an argument. The nearest one is --port.'],
  [['--verison'], '--verison is not an argument. The nearest one is --version.'],
  [['-h'], '-h is not an argument. The nearest one is --help.'],
  [['help'], 'help is not an argument. The nearest one is --help.'],
  [['--port', '80', '8080'], '8080 is not an argument. The nearest one is --help.'],
  [['--port'], '--port requires a number, for example --port 8080.'],
  [['--port='], '--port requires a number, for example --port 8080.'],
])('refuses %j', (args, sentence) => {
  expect(() => environmentOfArguments(args)).toThrow(sentence);
});
