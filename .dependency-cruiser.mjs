/** The rules of layers.json in dependency-cruiser's terms. Type imports count as imports. */
import { cruiserRules } from './scripts/gate/layer-table.mjs';

export default {
  forbidden: cruiserRules(),
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
