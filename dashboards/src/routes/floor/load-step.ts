export const loadStep = () => import("./StepDialog.svelte");
