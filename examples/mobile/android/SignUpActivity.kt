// A sign-up on Android. It knows its own back end alone, which holds key and secret.
// build.gradle: implementation("com.google.android.gms:play-services-auth-api-phone:18.1.0")
package com.example.signup

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.Bundle
import android.widget.Button
import android.widget.EditText
import android.widget.TextView
import androidx.appcompat.app.AppCompatActivity
import androidx.core.content.ContextCompat
import androidx.core.content.IntentCompat
import androidx.lifecycle.lifecycleScope
import com.google.android.gms.auth.api.phone.SmsRetriever
import com.google.android.gms.common.api.CommonStatusCodes
import com.google.android.gms.common.api.Status
import java.net.CookieHandler
import java.net.CookieManager
import java.net.HttpURLConnection
import java.net.URL
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.json.JSONObject

/** The calls of examples/sign-up/server.mjs. The session's cookie is kept; the request_id stays on the server. */
class BackEnd(private val base: String) {
    init {
        if (CookieHandler.getDefault() == null) CookieHandler.setDefault(CookieManager())
    }

    suspend fun post(path: String, body: Map<String, String> = emptyMap()): JSONObject = withContext(Dispatchers.IO) {
        val connection = URL("$base/$path").openConnection() as HttpURLConnection
        try {
            connection.requestMethod = "POST"
            connection.doOutput = true
            connection.setRequestProperty("Content-Type", "application/json")
            connection.outputStream.use { it.write(JSONObject(body).toString().toByteArray()) }
            JSONObject(connection.inputStream.use { it.readBytes().decodeToString() })
        } finally {
            connection.disconnect()
        }
    }
}

class SignUpActivity : AppCompatActivity() {
    private val backEnd = BackEnd("https://example.com")

    private val received = object : BroadcastReceiver() {
        override fun onReceive(context: Context, intent: Intent) {
            val status = IntentCompat.getParcelableExtra(intent, SmsRetriever.EXTRA_STATUS, Status::class.java)
            if (status?.statusCode != CommonStatusCodes.SUCCESS) return // after five minutes without a message
            val code = codeIn(intent.getStringExtra(SmsRetriever.EXTRA_SMS_MESSAGE).orEmpty()) ?: return
            findViewById<EditText>(R.id.code).setText(code)
            check(code)
        }
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.sign_up)
        // Only Google Play services may send this broadcast, so no other app can slip a code in.
        ContextCompat.registerReceiver(
            this, received, IntentFilter(SmsRetriever.SMS_RETRIEVED_ACTION),
            SmsRetriever.SEND_PERMISSION, null, ContextCompat.RECEIVER_EXPORTED,
        )
        findViewById<Button>(R.id.start).setOnClickListener { start(findViewById<EditText>(R.id.number).text.toString()) }
        findViewById<Button>(R.id.check).setOnClickListener { check(findViewById<EditText>(R.id.code).text.toString()) }
        findViewById<Button>(R.id.call).setOnClickListener { ask("call") }
    }

    override fun onDestroy() {
        unregisterReceiver(received)
        super.onDestroy()
    }

    private fun start(number: String) {
        SmsRetriever.getClient(this).startSmsRetriever() // before the message can come
        ask("start", mapOf("number" to number.filter { it.isDigit() || it == '+' }))
    }

    private fun check(code: String) = ask("check", mapOf("code" to code))

    private fun ask(path: String, body: Map<String, String> = emptyMap()) {
        lifecycleScope.launch {
            val said = runCatching { backEnd.post(path, body).getString("text") }
                .getOrDefault(getString(R.string.not_reached))
            findViewById<TextView>(R.id.said).text = said
        }
    }
}
