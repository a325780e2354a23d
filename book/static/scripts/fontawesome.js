// Stands in the place of the theme's fontawesome.js (1.5 MB), which would turn icons into drawings.
// The theme's style sheet already shows every icon by its web font (0.2 MB): nothing is left to do.
