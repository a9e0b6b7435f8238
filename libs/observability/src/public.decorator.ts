import { SetMetadata } from '@nestjs/common';

/** The metadata key a guard reads to let a call pass without credentials. */
export const IS_PUBLIC = 'tidegate:public';

/** Opens a controller or handler to callers without credentials; everything not marked stays closed. */
export const Public = () => SetMetadata(IS_PUBLIC, true);
