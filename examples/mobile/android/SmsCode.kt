package com.example.signup

/** The code in a message that the SMS Retriever handed over, or null. The hash of the app at its end is no code. */
fun codeIn(message: String): String? =
    Regex("(?<![\\p{L}\\p{N}])\\d{4,10}(?![\\p{L}\\p{N}])").find(message)?.value
