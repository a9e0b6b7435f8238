import { EVENT_NAMES, EVENTS } from '../events.js';
import { EVENT_DATA_SCHEMAS } from './event-data.schemas.js';
import { type ObjectSchema, type Schema } from './schema.js';

/** @returns the table of all events, in Markdown */
export function eventTable(): string {
  const rows = EVENT_NAMES.map((name) => {
    const { publisher, subscribers, urgent, data, description } = EVENTS[name];
    return [`\`${name}\``, publisher, subscribers.join(', '), urgent ? 'urgent' : 'normal', data, description];
  });
  return table(['event', 'publisher', 'required subscribers', 'lane', 'data', 'meaning'], rows);
}

/** @returns for each data type a heading and the table of its fields, in Markdown */
export function fieldTables(): string {
  return Object.entries(EVENT_DATA_SCHEMAS)
    .map(([name, schema]) => `### ${name}\n\n${fieldTable(schema)}`)
    .join('\n\n');
}

function fieldTable({ properties, required }: ObjectSchema): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    typeOf(schema) + (required.includes(name) ? '' : ', optional'),
    [schema.description, valuesOf(schema)].filter(Boolean).join(' '),
  ]);
  return table(['field', 'type', 'meaning'], rows);
}

/** @returns the type in words, such as `list of UUID or null` */
function typeOf({ type = [], format, items, properties }: Schema): string {
  const names = [type].flat().map((name) => {
    if (properties) return `{${Object.keys(properties).join(', ')}}`;
    if (name === 'array' && items) return `list of ${typeOf(items)}`;
    return name === 'string' && format ? FORMATS[format] : name;
  });
  return names.join(' or ');
}
const FORMATS = { uuid: 'UUID', 'date-time': 'time' };

function valuesOf({ enum: values }: Schema): string {
  const words = values?.filter((value) => value !== null).map((word) => `\`${word}\``);
  return words ? `One of ${words.join(', ')}.` : '';
}

/** A table with aligned columns, as prettier formats it. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
