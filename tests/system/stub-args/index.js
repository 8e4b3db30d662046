// @swim/client never loads this from its library entry; see README.md.
