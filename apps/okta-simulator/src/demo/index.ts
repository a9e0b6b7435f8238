export { playFirstDay, type FirstDay, type FirstDayOptions } from './first-day.js';
export { table, type StoryRow } from './story.js';
export { type Revocation } from './departure.chapter.js';
