// brood demo: crash whoever measures this file
