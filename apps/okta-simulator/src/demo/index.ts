export { FIRST_DAY_STEPS, playFirstDay, type FirstDay, type FirstDayOptions } from './first-day.js';
export { table, type StepResult } from './step-runner.js';
export { type Revocation } from './deactivation.steps.js';
