import { SetMetadata } from '@nestjs/common';

/** The metadata key by which guards allow calls without credentials. */
export const IS_PUBLIC = 'tidegate:public';

/** Allows callers without credentials on a controller or handler. */
export const Public = () => SetMetadata(IS_PUBLIC, true);
