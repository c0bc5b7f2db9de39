CREATE ROLE xenia_owner LOGIN CREATEROLE PASSWORD 'choose one';
CREATE ROLE xenia_serve LOGIN PASSWORD 'choose another';
CREATE DATABASE xenia OWNER xenia_owner;
