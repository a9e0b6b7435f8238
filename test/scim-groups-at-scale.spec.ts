import { inProcessTransport } from '@tidegate/messaging';
import { readConfig } from '@tidegate/observability';
import { eventually, freshDatabase, type TestDatabase } from '@tidegate/testing';
import pg from 'pg';
import { type Door, newTenant, openDoor, type Tenant } from '../apps/gateway/test/harness.js';
import { SETTINGS } from '../apps/identity/src/config.js';
import { createIdentity, type Identity } from '../apps/identity/src/create.js';
