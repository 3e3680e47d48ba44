import { errorKind } from './error-kind.ts';
import { functionKind, localClassKind } from './function-kind.ts';
import { importKind } from './import-kind.ts';
import { instanceKind } from './instance-kind.ts';
import { addKind } from './kind.ts';
import { leftOutKind } from './left-out-kind.ts';
import { nullObjectKind } from './null-object-kind.ts';
import { registeredKind } from './registered-class.ts';
import { resizableBufferKind } from './resizable-buffer-kind.ts';
import { sparseArrayKind } from './sparse-array-kind.ts';
import { urlKind } from './url-kind.ts';
import { viewKind } from './view-kind.ts';

// From the specific to the general: the first that matches wins.
addKind(importKind);
addKind(localClassKind);
addKind(functionKind);
addKind(sparseArrayKind);
addKind(resizableBufferKind);
addKind(viewKind);
addKind(leftOutKind);
addKind(nullObjectKind);
addKind(registeredKind);
addKind(errorKind);
addKind(urlKind);
addKind(instanceKind);
