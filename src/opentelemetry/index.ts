export { BroodInstrumentation, type BroodInstrumentationConfig } from './instrumentation.ts';
