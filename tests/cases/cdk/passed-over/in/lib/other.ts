export const instances = new Instance(1);
