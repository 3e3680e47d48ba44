module.exports = { ...require('../../tasks.mjs') };
