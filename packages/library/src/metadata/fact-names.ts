/** @internal The facts that this version knows. A later version's facts are kept in the files and not looked at. */
export const factNames = [
  'name',
  'type',
  'family',
  'baseModel',
  'variant',
  'precision',
  'quantisation',
  'parameterCount',
  'description',
  'tags',
  'triggerWords',
  'licence',
] as const;
