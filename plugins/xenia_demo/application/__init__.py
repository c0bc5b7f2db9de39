"""A sample application as anybody might write it: an off-the-shelf OpenID Connect client and a few pages. It knows Xenia by its issuer only."""
