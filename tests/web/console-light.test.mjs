import { isAccessible } from './support/accessible-console.mjs';

isAccessible('light');
