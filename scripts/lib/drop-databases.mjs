// Drops the databases of a killed test run on the server of DATABASE_URL. The argument is the name of the run's template.
import { dropDatabases } from '../../dist/libs/testing/src/postgres.js';

await dropDatabases(process.env.DATABASE_URL, process.argv[2]);
