// Stands for the modules of Node that the Swim client names and does not use in a browser.
export default {};
