"""The tests of Xenia. A package, so that it is found before a package of the same name in site-packages."""
